// A host and a backend with Go's standard library alone: requests a token by net/http, and verifies it with the issuer's keys.
//
//	go_client URL CREDENTIAL_FILE CA_FILE <REQUEST
//
// CA_FILE is "" for plain HTTP. Prints the protocol and the claims in JSON.
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"os"
	"strings"
	"time"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func decoded(text string) []byte {
	bytes, err := base64.RawURLEncoding.DecodeString(text)
	check(err)
	return bytes
}

func answer(client *http.Client, request *http.Request, value any) *http.Response {
	response, err := client.Do(request)
	check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	check(err)
	if response.StatusCode != 200 {
		log.Fatalf("%s: %s", response.Status, body)
	}
	check(json.Unmarshal(body, value))
	return response
}

func main() {
	url, credentialFile, caFile := os.Args[1], os.Args[2], os.Args[3]
	transport := &http.Transport{ForceAttemptHTTP2: true}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		check(err)
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			log.Fatal("no certificate in ", caFile)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	credential, err := os.ReadFile(credentialFile)
	check(err)
	body, err := io.ReadAll(os.Stdin)
	check(err)

	post, err := http.NewRequest("POST", url+"/session-token", bytes.NewReader(body))
	check(err)
	post.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(credential)))
	post.Header.Set("Content-Type", "application/json")
	var issued struct {
		Token     string
		ExpiresAt int64
	}
	response := answer(client, post, &issued)

	get, err := http.NewRequest("GET", url+"/.well-known/jwks.json", nil)
	check(err)
	var set struct {
		Keys []struct{ Kid, Crv, X, Y string }
	}
	answer(client, get, &set)

	parts := strings.Split(issued.Token, ".")
	var header struct{ Alg, Kid string }
	check(json.Unmarshal(decoded(parts[0]), &header))
	signature, hash := decoded(parts[2]), sha256.Sum256([]byte(parts[0]+"."+parts[1]))
	if header.Alg != "ES256" || len(signature) != 64 {
		log.Fatalf("%s with %d bytes of signature", header.Alg, len(signature))
	}
	for _, key := range set.Keys {
		if key.Kid != header.Kid {
			continue
		}
		integer := func(bytes []byte) *big.Int { return new(big.Int).SetBytes(bytes) }
		public := ecdsa.PublicKey{Curve: elliptic.P256(), X: integer(decoded(key.X)), Y: integer(decoded(key.Y))}
		if !ecdsa.Verify(&public, hash[:], integer(signature[:32]), integer(signature[32:])) {
			log.Fatal("the signature is wrong")
		}
		fmt.Printf("{\"protocol\": %q, \"claims\": %s}\n", response.Proto, decoded(parts[1]))
		return
	}
	log.Fatal("no key has the ID ", header.Kid)
}
