{{- define "anchorwatch.name" -}}
{{- if contains "anchorwatch" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-anchorwatch" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "anchorwatch.selector" -}}
app.kubernetes.io/name: anchorwatch
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "anchorwatch.labels" -}}
{{ include "anchorwatch.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: anchorwatch
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "anchorwatch.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ printf "%s@%s" .repository .digest }}{{ else }}{{ printf "%s:%s" .repository (.tag | default $.Chart.AppVersion) }}{{ end }}
{{- end -}}
{{- end }}

{{- define "anchorwatch.collectorName" -}}
{{ include "anchorwatch.name" . }}-collector
{{- end }}

{{- define "anchorwatch.collectorHost" -}}
{{ include "anchorwatch.collectorName" . }}.{{ .Release.Namespace }}.svc
{{- end }}

{{- define "anchorwatch.tlsSecret" -}}
{{- if eq .Values.tls.mode "secret" }}{{ .Values.tls.secretName }}{{ else }}{{ include "anchorwatch.name" . }}-tls{{ end }}
{{- end }}

{{- define "anchorwatch.tokenSecret" -}}
{{- .Values.tokens.existingSecret | default (printf "%s-tokens" (include "anchorwatch.name" .)) }}
{{- end }}

{{- /* The file of the options, for --config. */ -}}
{{- define "anchorwatch.options" -}}
log-level: {{ .logLevel }}
{{- range $key, $value := .options }}
{{ $key }}: {{ $value | toJson }}
{{- end }}
{{- end }}
