module interop/go-openapi-generator

go 1.26.0
