package rest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"
)

// Sign signs a request with an access key, as the SDKs do (rest.md section
// 2.1). body is what the request will send; its URL and Host must be final.
func Sign(r *http.Request, body, key []byte, now time.Time) {
	sum := sha256.Sum256(body)
	hash := base64.StdEncoding.EncodeToString(sum[:])
	date := now.UTC().Format(http.TimeFormat)
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	text := r.Method + "\n" + r.URL.RequestURI() + "\n" + date + ";" + host + ";" + hash
	r.Header.Set(headerDate, date)
	r.Header.Set(headerHash, hash)
	r.Header.Set("Authorization", schemeHMAC+" "+
		signedHeaders+"="+headerDate+";host;"+headerHash+"&"+
		signature+"="+base64.StdEncoding.EncodeToString(mac(key, text)))
}
