// Renders a Helm chart the way `helm template` does, with the engine and the functions Helm is made of: text/template
// and sprig, both from Debian. The tests run it; it knows what our chart uses and fails on anything else.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

type files []string

func (f *files) String() string     { return strings.Join(*f, ",") }
func (f *files) Set(s string) error { *f = append(*f, s); return nil }

func main() {
	var values files
	release := flag.String("release", "routing", "release name")
	namespace := flag.String("namespace", "kube-system", "release namespace")
	flag.Var(&values, "f", "values file; later files win")
	flag.Parse()
	if flag.NArg() != 1 {
		fail(errors.New("usage: render [-f VALUES]... CHART"))
	}
	chart := flag.Arg(0)

	merged := load(filepath.Join(chart, "values.yaml"))
	for _, file := range values {
		merge(merged, load(file))
	}
	meta := load(filepath.Join(chart, "Chart.yaml"))
	data := map[string]interface{}{
		"Values":  merged,
		"Chart":   map[string]interface{}{"Name": meta["name"], "Version": meta["version"], "AppVersion": meta["appVersion"]},
		"Release": map[string]interface{}{"Name": *release, "Namespace": *namespace, "Service": "Helm", "IsInstall": true},
	}

	paths, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	check(err)
	sort.Strings(paths)
	root := template.New("chart").Option("missingkey=zero").Funcs(sprig.TxtFuncMap())
	root.Funcs(template.FuncMap{
		"toYaml": toYaml,
		"include": func(name string, d interface{}) (string, error) {
			var out bytes.Buffer
			err := root.ExecuteTemplate(&out, name, d)
			return out.String(), err
		},
		"required": func(message string, v interface{}) (interface{}, error) {
			if v == nil || v == "" {
				return nil, errors.New(message)
			}
			return v, nil
		},
	})
	base := meta["name"].(string) + "/templates"
	for _, path := range paths {
		text, err := os.ReadFile(path)
		check(err)
		_, err = root.New(base + "/" + filepath.Base(path)).Parse(string(text))
		check(err)
	}
	for _, path := range paths {
		if strings.HasPrefix(filepath.Base(path), "_") || !strings.HasSuffix(path, ".yaml") {
			continue
		}
		name := base + "/" + filepath.Base(path)
		data["Template"] = map[string]interface{}{"Name": name, "BasePath": base}
		var out bytes.Buffer
		check(root.ExecuteTemplate(&out, name, data))
		if text := strings.TrimSpace(out.String()); text != "" {
			fmt.Printf("---\n# Source: %s\n%s\n", name, text)
		}
	}
}

func load(path string) map[string]interface{} {
	text, err := os.ReadFile(path)
	check(err)
	values := map[string]interface{}{}
	check(yaml.Unmarshal(text, &values))
	return values
}

// merge lays b over a as Helm does: maps are merged, everything else is replaced, null removes.
func merge(a, b map[string]interface{}) {
	for key, value := range b {
		under, isMap := a[key].(map[string]interface{})
		over, overIsMap := value.(map[string]interface{})
		switch {
		case value == nil:
			delete(a, key)
		case isMap && overIsMap:
			merge(under, over)
		default:
			a[key] = value
		}
	}
}

func toYaml(v interface{}) (string, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(v)
	return strings.TrimSuffix(out.String(), "\n"), err
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "render:", err)
	os.Exit(1)
}
