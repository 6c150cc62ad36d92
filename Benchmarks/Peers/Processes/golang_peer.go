// Mints with golang-jwt: `golang_peer token SUBJECT` prints a token, `... measure SUBJECT SECONDS` a rate.
package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt"
)

type subject struct {
	Algorithm string
	KeyID     string
	Lifetime  int64
	Claims    map[string]interface{}
	Key       string
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func readKey(s subject) interface{} {
	pem := []byte(s.Key)
	var key interface{} = pem
	var err error
	switch s.Algorithm {
	case "RS256":
		key, err = jwt.ParseRSAPrivateKeyFromPEM(pem)
	case "ES256":
		key, err = jwt.ParseECPrivateKeyFromPEM(pem)
	case "EdDSA":
		key, err = jwt.ParseEdPrivateKeyFromPEM(pem)
	}
	check(err)
	return key
}

func newID() string {
	var b [16]byte
	_, err := rand.Read(b[:])
	check(err)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func makeMinting(s subject) func() string {
	method, key := jwt.GetSigningMethod(s.Algorithm), readKey(s)
	return func() string {
		now := time.Now().Unix()
		claims := jwt.MapClaims{"exp": now + s.Lifetime, "nbf": now, "iat": now, "jti": newID()}
		for name, value := range s.Claims {
			claims[name] = value
		}
		token := jwt.NewWithClaims(method, claims)
		if s.KeyID != "" {
			token.Header["kid"] = s.KeyID
		}
		text, err := token.SignedString(key)
		check(err)
		return text
	}
}

func rate(mint func() string, duration time.Duration) float64 {
	start := time.Now()
	for done := 1; ; done++ {
		mint()
		if elapsed := time.Since(start); elapsed >= duration {
			return float64(done) / elapsed.Seconds()
		}
	}
}

func main() {
	text, err := os.ReadFile(os.Args[2])
	check(err)
	var s subject
	check(json.Unmarshal(text, &s))
	mint := makeMinting(s)
	if os.Args[1] == "token" {
		fmt.Println(mint())
		return
	}
	seconds, err := strconv.ParseFloat(os.Args[3], 64)
	check(err)
	rate(mint, 100*time.Millisecond)
	rates := []float64{rate(mint, 100*time.Millisecond)}
	for len(rates) < int(seconds*10+0.5) {
		rates = append(rates, rate(mint, 100*time.Millisecond))
	}
	sort.Float64s(rates)
	fmt.Printf("%.0f\n", (rates[(len(rates)-1)/2]+rates[len(rates)/2])/2)
}
