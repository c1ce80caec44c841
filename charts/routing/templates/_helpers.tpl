{{- define "routing.labels" -}}
app.kubernetes.io/name: routing
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "routing.selectorLabels" -}}
app.kubernetes.io/name: routing
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: agent
{{- end }}

{{- define "routing.controllerSelectorLabels" -}}
app.kubernetes.io/name: routing
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: controller
{{- end }}

{{- define "routing.controllerName" -}}
{{ .Release.Name }}-controller
{{- end }}

{{- define "routing.agentName" -}}
{{ .Release.Name }}-agent
{{- end }}

{{- define "routing.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
