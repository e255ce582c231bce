package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The policy and the unit test of the README are compiled and run as they stand.
func TestTheReadmesProjectPassesItsTest(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	sdk, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "```go\n")
	if len(blocks) != 3 {
		t.Fatalf("%d blocks of Go", len(blocks)-1)
	}
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{"policy.go", "policy_test.go"} {
		code, _, _ := strings.Cut(blocks[i+1], "```")
		write(name, code)
	}
	const module = "github.com/spansieve/spansieve/plugins/sdk/go"
	write("go.mod", "module example.com/owners\n\ngo 1.24\n\nrequire "+module+" v0.1.0\n\nreplace "+module+" => "+sdk+"\n")
	for _, arguments := range [][]string{{"vet", "."}, {"test", "."}} {
		command := exec.Command("go", arguments...)
		command.Dir = folder
		command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("go %v: %v\n%s", arguments, err, out)
		}
	}
}
