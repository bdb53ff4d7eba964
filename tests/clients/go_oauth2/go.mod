module llavero/tests/clients/go_oauth2

go 1.19

require golang.org/x/oauth2 v0.25.0
