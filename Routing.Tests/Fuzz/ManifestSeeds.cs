namespace Routing.Tests.Fuzz;

/// <summary>Small clusters, in which each kind of policy has what it can say.</summary>
internal static class ManifestSeeds
{
    private const string Pods = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, labels: {app: web}}
        spec: {nodeName: n1, serviceAccountName: robot, containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}
        status: {podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
        ---

        """;

    /// <summary>All of them.</summary>
    public static string[] All { get; } =
    [
        Pods + """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: p, namespace: shop}
            spec:
              podSelector: {matchExpressions: [{key: app, operator: In, values: [web, db]}]}
              policyTypes: [Ingress, Egress]
              ingress:
              - from: [{podSelector: {}, namespaceSelector: {matchLabels: {team: a}}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]
                ports: [{port: http}, {port: 8000, endPort: 8080, protocol: SCTP}]
              egress: [{}]

            """,
        Pods + """
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicy
            metadata: {name: p}
            spec:
              tier: Baseline
              priority: 7
              subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}
              ingress:
              - {name: a, action: Pass, from: [{namespaces: {}}], protocols: [{destinationNamedPort: http}]}
              egress:
              - {action: Deny, to: [{networks: [192.0.2.0/24, "2001:db8::/32"]}, {nodes: {}}, {domainNames: ["*.example.com"]}]}

            """,
        """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: p}
        spec:
          priority: 7
          subject: {namespaces: {}}
          ingress: [{action: Allow, from: [{namespaces: {}}], ports: [{portRange: {protocol: UDP, start: 1, end: 9}}, {namedPort: http}]}]

        """,
        Pods + """
            apiVersion: projectcalico.org/v3
            kind: Tier
            metadata: {name: security}
            spec: {order: 100.5, defaultAction: Pass}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: security.p}
            spec:
              tier: security
              order: 1
              selector: "!(app in {'web', \"db\"}) || has(x) && app starts with 'w'"
              types: [Ingress, Egress]
              ingress:
              - {action: Log}
              - {action: Deny, protocol: ICMP, notICMP: {type: 8, code: 0}, source: {notNets: [10.0.0.0/8], selector: global()}}
              - {action: Allow, protocol: TCP, destination: {ports: [http, "1:9"], notPorts: [5]}, source: {ports: [7]}}
              egress:
              - {action: Pass, notProtocol: 132, destination: {services: {name: web, namespace: shop}}}
            ---
            apiVersion: projectcalico.org/v3
            kind: NetworkSet
            metadata: {name: s, namespace: shop, labels: {a: b}}
            spec: {nets: [192.0.2.0/24]}

            """,
    ];
}
