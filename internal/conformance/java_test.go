package conformance

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheJavaSDKCallsEveryMethod(t *testing.T) {
	classes := compiled(t)
	for _, flavour := range []string{"sync", "async"} {
		t.Run(flavour, func(t *testing.T) {
			s := open(t)
			ctx, cancel := context.WithTimeout(t.Context(), longest)
			defer cancel()
			program := exec.CommandContext(ctx, "java", "-Djavax.net.ssl.trustStore="+trustStore(t, s.RootFile()), "-Djavax.net.ssl.trustStorePassword="+storePassword,
				"-cp", classes, "conformance.Main", s.ConnectionString(), s.door, flavour)
			program.Dir = "java"
			follow(t, program)
			reached(t, s.heard, beforeJava...)
		})
	}
}

// beforeJava are the operations that came after the newest of the Java packages.
var beforeJava = []string{
	"connect", "muteParticipants", "cancelAddParticipant", "moveParticipants", "hold", "unhold",
	"startContinuousDtmfRecognition", "stopContinuousDtmfRecognition", "sendDtmfTones",
	"startTranscription", "updateTranscription", "stopTranscription", "startMediaStreaming", "stopMediaStreaming",
}

// compiled makes the program and returns its class path.
func compiled(t *testing.T) string {
	t.Helper()
	everywhere(t)
	for _, tool := range []string{"java", "javac", "keytool", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s", tool)
		}
	}
	prepare(t, "Maven Central", "java", "mvn", "-B", "-q", "compile", "dependency:build-classpath", "-Dmdep.outputFile=target/classpath")
	libraries, err := os.ReadFile(filepath.Join("java", "target", "classpath"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join([]string{filepath.Join("target", "classes"), strings.TrimSpace(string(libraries))}, string(os.PathListSeparator))
}

// storePassword protects no secret: Java reads no store without one.
const storePassword = "changeit"

// trustStore makes the server's authority one that Java trusts.
func trustStore(t *testing.T, root string) string {
	t.Helper()
	store := filepath.Join(t.TempDir(), "trust.p12")
	cmd := exec.CommandContext(t.Context(), "keytool", "-importcert", "-noprompt", "-alias", "botd", "-file", root,
		"-keystore", store, "-storetype", "PKCS12", "-storepass", storePassword)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return store
}
