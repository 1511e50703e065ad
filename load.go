package botd

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

const (
	envPrefix = "BOTD_"
	// otlpEnv is OpenTelemetry's own name for otlp-endpoint.
	otlpEnv = "OTEL_EXPORTER_OTLP_ENDPOINT"
	// fileKey is where the configuration file is; not a key in it.
	fileKey = "config"
)

// Load puts the configuration together. A flag wins over the environment, that
// over the file, that over the default. flags has the keys that were given on
// the command line; environ is as os.Environ gives it. What is wrong is told in
// one line, mostly by a *SettingError.
func Load(flags map[string]string, environ []string) (Config, error) {
	given, err := collect(flags, environ)
	if err != nil {
		return Config{}, err
	}
	c := Default()
	for _, key := range slices.Sorted(maps.Keys(given)) {
		s, ok := settingOf(key)
		if !ok {
			// What it was to be is not told: it may be a secret under a wrong name.
			return Config{}, &SettingError{key, hidden, "a key that there is; `botd config` prints them all"}
		}
		if !s.set(&c, given[key]) {
			return Config{}, s.wrong(given[key])
		}
	}
	return c, c.Validate()
}

// collect merges the three places into the text of every key that was given.
func collect(flags map[string]string, environ []string) (map[string]string, error) {
	k := koanf.New("/") // no key has one: nothing is nested
	fromEnv := env.Provider("/", env.Opt{
		Prefix:        envPrefix,
		EnvironFunc:   func() []string { return environ },
		TransformFunc: envKey,
	})
	if err := k.Load(fromEnv, nil); err != nil {
		return nil, fmt.Errorf("environment: %w", err)
	}
	name := k.String(fileKey)
	if given, ok := flags[fileKey]; ok {
		name = given
	}
	all := koanf.New("/")
	if err := loadFile(all, name); err != nil {
		return nil, err
	}
	defaultOTLP(all, environ)
	for _, over := range []map[string]any{k.All(), anyMap(flags)} {
		if err := all.Load(confmap.Provider(over, ""), nil); err != nil {
			return nil, err
		}
	}
	all.Delete(fileKey)
	return texts(all.Raw())
}

func loadFile(k *koanf.Koanf, name string) error {
	if name == "" {
		return nil
	}
	if err := k.Load(file.Provider(name), yaml.Parser()); err != nil {
		return fmt.Errorf("%s %s: %s", fileKey, name, strings.Join(strings.Fields(err.Error()), " "))
	}
	if k.Exists(fileKey) {
		return &SettingError{fileKey, k.String(fileKey), "it as a flag or as BOTD_CONFIG, not inside the file"}
	}
	return nil
}

// envKey makes BOTD_DATA_DIR data-dir. Kubernetes puts variables of its own
// into every pod beside a service that is named botd; they are not ours, nor is
// what programs are told by that call the server.
func envKey(name, value string) (key string, v any) {
	bare := strings.TrimPrefix(name, envPrefix)
	if strings.HasPrefix(bare, "SERVICE_") || bare == "PORT" || strings.HasPrefix(bare, "PORT_") || bare == "CONNECTION_STRING" {
		return "", nil
	}
	return strings.ReplaceAll(strings.ToLower(bare), "_", "-"), value
}

func defaultOTLP(k *koanf.Koanf, environ []string) {
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if name == otlpEnv && value != "" && !k.Exists("otlp-endpoint") {
			_ = k.Set("otlp-endpoint", value) // fails only for a key that is no text
		}
	}
}

func anyMap(m map[string]string) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

func texts(values map[string]any) (map[string]string, error) {
	out := make(map[string]string, len(values))
	for key, v := range values {
		text, err := textOf(v)
		if err != nil {
			return nil, &SettingError{key, hidden, "a value, or a list"}
		}
		out[key] = text
	}
	return out, nil
}

// textOf writes a value of the file as it would stand in a flag: a list of
// words with commas, a list of objects as JSON.
func textOf(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case []any:
		if !slices.ContainsFunc(v, isObject) {
			return joined(v), nil
		}
		b, err := json.Marshal(v)
		return string(b), err
	case map[string]any:
		b, err := json.Marshal(v)
		return string(b), err
	default:
		return fmt.Sprint(v), nil
	}
}

func isObject(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

func joined(list []any) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = fmt.Sprint(v)
	}
	return strings.Join(parts, ",")
}
