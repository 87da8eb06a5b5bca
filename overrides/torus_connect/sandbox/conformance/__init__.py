"""Plays the conformance vectors at a client in any language, and judges what it does. Needs no extra.

The vectors are data, `openapi/conformance/*.json`; the README beside them says how a client is started and what it has
to do, and their JSON Schema what each part of a vector means. One vector is one run of the client's command against
two listeners of its own: `here`, which plays the service, and `elsewhere`, which nobody may visit.
"""
