// Package torus is the client that oapi-codegen writes from the spec pack.
package torus

//go:generate go tool oapi-codegen -config config.yaml ../../../dist/spec/torus.yaml
