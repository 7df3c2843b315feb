// Renders a Helm chart as `helm template` does, with what helm itself is made of: Go's text/template and sprig. Helm is not a Debian package.
//
//	render CHART RELEASE NAMESPACE VALUES.json
//
// VALUES.json has the chart's values with those of the user merged in. Documents go to standard output, each below a line that names its
// template; errors, with template and line, to standard error.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

func toYaml(value interface{}) (string, error) {
	var text strings.Builder
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return strings.TrimSuffix(text.String(), "\n"), nil
}

func run(chart, release, namespace, valuesFile string) error {
	root := template.New("chart").Option("missingkey=zero").Funcs(sprig.TxtFuncMap())
	root.Funcs(template.FuncMap{
		"toYaml": toYaml,
		// What is in the cluster: nothing, as with `helm template`.
		"lookup": func(string, string, string, string) map[string]interface{} { return map[string]interface{}{} },
		"required": func(message string, value interface{}) (interface{}, error) {
			if value == nil || value == "" {
				return nil, errors.New(message)
			}
			return value, nil
		},
		"include": func(name string, data interface{}) (string, error) {
			var text strings.Builder
			err := root.ExecuteTemplate(&text, name, data)
			return text.String(), err
		},
	})

	var about map[string]interface{}
	if text, err := os.ReadFile(filepath.Join(chart, "Chart.yaml")); err != nil {
		return err
	} else if err := yaml.Unmarshal(text, &about); err != nil {
		return err
	}
	// Templates use the names of helm's own structure.
	chartValues := map[string]interface{}{}
	for key, value := range about {
		chartValues[strings.ToUpper(key[:1])+key[1:]] = value
	}
	var values map[string]interface{}
	if text, err := os.ReadFile(valuesFile); err != nil {
		return err
	} else if err := json.Unmarshal(text, &values); err != nil {
		return err
	}

	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return err
	}
	sort.Strings(files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := root.New(filepath.Base(file)).Parse(string(text)); err != nil {
			return err
		}
	}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "_") {
			continue
		}
		var text strings.Builder
		err := root.ExecuteTemplate(&text, name, map[string]interface{}{
			"Values":       values,
			"Chart":        chartValues,
			"Release":      map[string]interface{}{"Name": release, "Namespace": namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1},
			"Template":     map[string]interface{}{"Name": name, "BasePath": "templates"},
			"Capabilities": map[string]interface{}{"KubeVersion": map[string]interface{}{"Version": "v1.36.0", "Major": "1", "Minor": "36"}},
		})
		if err != nil {
			return err
		}
		fmt.Printf("# Source: %s\n%s\n", name, text.String())
	}
	return nil
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: render CHART RELEASE NAMESPACE VALUES.json")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
