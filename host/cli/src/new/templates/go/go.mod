module example.com/{{name}}

go 1.24

require github.com/spansieve/spansieve/plugins/sdk/go v0.1.0

replace github.com/spansieve/spansieve/plugins/sdk/go => ./spansieve-sdk
