module github.com/spansieve/spansieve/plugins/sdk/go

go 1.24
