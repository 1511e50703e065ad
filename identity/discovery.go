package identity

import (
	"encoding/base64"
	"math/big"
)

// Discovery is what verifiers of our tokens read first (events.md section 3).
type Discovery struct {
	Issuer     string   `json:"issuer"`
	KeysURI    string   `json:"jwks_uri"`
	Algorithms []string `json:"id_token_signing_alg_values_supported"`
}

// KeySet is a JSON Web Key Set (RFC 7517 section 5).
type KeySet struct {
	Keys []PublicKey `json:"keys"`
}

// PublicKey is one RSA key of a set (RFC 7518 section 6.3.1).
type PublicKey struct {
	Type      string `json:"kty"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	ID        string `json:"kid"`
	Modulus   string `json:"n"`
	Exponent  string `json:"e"`
}

// Discovery tells where the keys are.
func (i *Issuer) Discovery() Discovery {
	return Discovery{i.cfg.URL, i.cfg.URL + "/calling/keys", []string{"RS256"}}
}

// Keys are the public keys of all tokens that may be valid, the present one
// first.
func (i *Issuer) Keys() KeySet {
	set := KeySet{Keys: []PublicKey{i.cfg.Key.public()}}
	for _, k := range i.cfg.Former {
		set.Keys = append(set.Keys, k.public())
	}
	return set
}

func (k *Key) public() PublicKey {
	p := k.private.PublicKey
	return PublicKey{"RSA", "sig", "RS256", k.id, encode(p.N), encode(big.NewInt(int64(p.E)))}
}

func encode(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
