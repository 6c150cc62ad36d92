// What a backend of an afternoon does in Go: net/http, encoding/json, golang-jwt. `peer CONFIGURATION PORT [CERTIFICATE KEY]`.
package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt"
)

type app struct {
	Algorithm, KeyID, Key string
	method                jwt.SigningMethod
	key                   interface{}
}

type configuration struct {
	CredentialSHA256, Issuer, JWKS, ETag string
	Lifetime                             int64
	Shops, Permissions                   map[string]bool
	Apps                                 map[string]*app
}

type order struct {
	Shop          string `json:"shop"`
	ShopID        int64  `json:"shopId"`
	UserID        int64  `json:"userId"`
	LocationID    int64  `json:"locationId"`
	StaffMemberID int64  `json:"staffMemberId"`
	Currency      string `json:"currency"`
	POSVersion    string `json:"posVersion"`
	ClientID      string `json:"clientId"`
	SessionID     string `json:"sessionId"`
}

type claims struct {
	Issuer      string `json:"iss"`
	Destination string `json:"dest"`
	Audience    string `json:"aud"`
	Subject     string `json:"sub"`
	SessionID   string `json:"sid"`
	ExpiresAt   int64  `json:"exp"`
	NotBefore   int64  `json:"nbf"`
	IssuedAt    int64  `json:"iat"`
	ID          string `json:"jti"`
}

func (claims) Valid() error { return nil }

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func newID() string {
	var b [16]byte
	_, err := rand.Read(b[:])
	check(err)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

type answer struct {
	Error     string `json:"error,omitempty"`
	Token     string `json:"token,omitempty"`
	ExpiresAt int64  `json:"expiresAt,omitempty"`
}

func send(w http.ResponseWriter, status int, a answer) {
	body, err := json.Marshal(a)
	check(err)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body)
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var c configuration
	check(json.Unmarshal(text, &c))
	hash, err := hex.DecodeString(c.CredentialSHA256)
	check(err)
	for _, a := range c.Apps {
		a.method = jwt.GetSigningMethod(a.Algorithm)
		if block, _ := pem.Decode([]byte(a.Key)); block != nil {
			a.key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
			check(err)
		} else {
			a.key = []byte(a.Key)
		}
	}

	http.HandleFunc("/session-token", func(w http.ResponseWriter, r *http.Request) {
		field := r.Header.Get("Authorization")
		credential := sha256.Sum256([]byte(strings.TrimPrefix(field, "Bearer ")))
		if !strings.HasPrefix(field, "Bearer ") || subtle.ConstantTimeCompare(credential[:], hash) != 1 {
			send(w, 401, answer{Error: "invalid_client"})
			return
		}
		var o order
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<18))
		decoder.DisallowUnknownFields()
		if r.Method != "POST" || r.Header.Get("Content-Type") != "application/json" || decoder.Decode(&o) != nil {
			send(w, 400, answer{Error: "invalid_request"})
			return
		}
		a := c.Apps[o.ClientID]
		if a == nil || !c.Shops[o.Shop] {
			send(w, 403, answer{Error: "access_denied"})
			return
		}
		user := strconv.FormatInt(o.UserID, 10)
		if !c.Permissions[o.Shop+" "+user+" "+o.ClientID] {
			w.WriteHeader(204)
			return
		}
		now, shop := time.Now().Unix(), "https://"+o.Shop
		issuer := c.Issuer
		if a.KeyID == "" { // Shopify's profile
			issuer = shop + "/admin"
		}
		t := jwt.NewWithClaims(a.method, claims{
			issuer, shop, o.ClientID, user, o.SessionID, now + c.Lifetime, now, now, newID()})
		if a.KeyID != "" {
			t.Header["kid"] = a.KeyID
		}
		text, err := t.SignedString(a.key)
		check(err)
		send(w, 200, answer{Token: text, ExpiresAt: now + c.Lifetime})
	})
	http.HandleFunc("/.well-known/jwks.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/jwk-set+json")
		w.Header().Set("Cache-Control", "public, max-age=3600")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("ETag", c.ETag)
		if r.Header.Get("If-None-Match") == c.ETag {
			w.WriteHeader(304)
			return
		}
		w.Write([]byte(c.JWKS))
	})
	address := "127.0.0.1:" + os.Args[2]
	if len(os.Args) > 3 {
		check(http.ListenAndServeTLS(address, os.Args[3], os.Args[4], nil))
	}
	check(http.ListenAndServe(address, nil))
}
