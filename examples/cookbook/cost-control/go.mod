module example.com/cost-control

go 1.24

require github.com/spansieve/spansieve/plugins/sdk/go v0.1.0

replace github.com/spansieve/spansieve/plugins/sdk/go => ../../../plugins/sdk/go
