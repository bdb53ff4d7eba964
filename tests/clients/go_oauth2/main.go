// golang.org/x/oauth2: only the endpoint differs from golang.org/x/oauth2/github (reference 13.6).
// In and out as in driven.mjs; with "device" it is a device.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"

	"golang.org/x/oauth2"
)

type settings struct {
	Base         string   `json:"base"`
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	Callback     string   `json:"callback"`
	Scope        []string `json:"scope"`
	Device       bool     `json:"device"`
	PKCE         bool     `json:"pkce"`
}

type line map[string]any

func tell(l line) {
	if err := json.NewEncoder(os.Stdout).Encode(l); err != nil {
		os.Exit(1)
	}
}

func hear(lines *bufio.Scanner) string {
	if !lines.Scan() {
		os.Exit(0)
	}
	return lines.Text()
}

func fail(err error) {
	told := line{"ok": false, "message": err.Error()}
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		told["error"] = refused.ErrorCode
		told["error_description"] = refused.ErrorDescription
		told["error_uri"] = refused.ErrorURI
	}
	tell(told)
	os.Exit(0)
}

func byWeb(ctx context.Context, c *oauth2.Config, pkce bool, lines *bufio.Scanner) *oauth2.Token {
	var asked, answered []oauth2.AuthCodeOption
	if pkce {
		verifier := oauth2.GenerateVerifier()
		asked = append(asked, oauth2.S256ChallengeOption(verifier))
		answered = append(answered, oauth2.VerifierOption(verifier))
	}
	tell(line{"authorize": c.AuthCodeURL("go", asked...)})
	back, err := url.Parse(hear(lines))
	if err != nil {
		fail(err)
	}
	token, err := c.Exchange(ctx, back.Query().Get("code"), answered...)
	if err != nil {
		fail(err)
	}
	return token
}

func byDevice(ctx context.Context, c *oauth2.Config) *oauth2.Token {
	device, err := c.DeviceAuth(ctx)
	if err != nil {
		fail(err)
	}
	tell(line{"user_code": device.UserCode, "verification_uri": device.VerificationURI,
		"interval": device.Interval})
	token, err := c.DeviceAccessToken(ctx, device)
	if err != nil {
		fail(err)
	}
	return token
}

func main() {
	var s settings
	if err := json.Unmarshal([]byte(os.Args[1]), &s); err != nil {
		os.Exit(2)
	}
	ctx := context.Background()
	config := &oauth2.Config{
		ClientID:     s.ClientID,
		ClientSecret: s.ClientSecret,
		RedirectURL:  s.Callback,
		Scopes:       s.Scope,
		Endpoint: oauth2.Endpoint{
			AuthURL:       s.Base + "/login/oauth/authorize",
			TokenURL:      s.Base + "/login/oauth/access_token",
			DeviceAuthURL: s.Base + "/login/device/code",
		},
	}
	var token *oauth2.Token
	if s.Device {
		token = byDevice(ctx, config)
	} else {
		token = byWeb(ctx, config, s.PKCE, bufio.NewScanner(os.Stdin))
	}
	reply, err := config.Client(ctx, token).Get(s.Base + "/api/v3/user")
	if err != nil {
		fail(err)
	}
	defer reply.Body.Close()
	var user struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
	}
	if err := json.NewDecoder(reply.Body).Decode(&user); err != nil {
		fail(err)
	}
	tell(line{"ok": true, "token": token.AccessToken, "token_type": token.Type(),
		"expires": !token.Expiry.IsZero(), "scope": token.Extra("scope"),
		"user": line{"id": user.ID, "login": user.Login}})
}
