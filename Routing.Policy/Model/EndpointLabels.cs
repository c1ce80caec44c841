namespace Routing.Policy.Model;

/// <summary>The labels that a selector sees on an endpoint: its own, and those that Calico derives from where it is and who it
/// runs as.</summary>
/// <remarks>
/// <code>
/// app                              the endpoint's own
/// projectcalico.org/namespace      of pods and NetworkSets in a namespace; before the endpoint's own of that name
/// projectcalico.org/orchestrator   "k8s", of pods; likewise
/// projectcalico.org/serviceaccount of pods; likewise
/// pcns.KEY                         KEY of the namespace
/// pcsa.KEY                         KEY of the service account
/// </code>
/// Of what is in a namespace its own labels with these prefixes are not seen: whoever may label a pod could take it for one of another
/// namespace.
/// </remarks>
public readonly struct EndpointLabels
{
    /// <summary>Prefix of the namespace's labels.</summary>
    public const string NamespacePrefix = "pcns.";

    /// <summary>Prefix of the service account's labels.</summary>
    public const string AccountPrefix = "pcsa.";

    /// <summary>The namespace's name.</summary>
    public const string Namespace = "projectcalico.org/namespace";

    /// <summary>Who runs the endpoint.</summary>
    public const string Orchestrator = "projectcalico.org/orchestrator";

    /// <summary>The service account's name.</summary>
    public const string ServiceAccount = "projectcalico.org/serviceaccount";

    /// <summary>With a prefix: the name of the namespace or service account.</summary>
    public const string NameLabel = "projectcalico.org/name";

    /// <summary>The only value of <see cref="Orchestrator"/>.</summary>
    public const string Kubernetes = "k8s";

    private readonly LabelSet? _own;
    private readonly PodView? _pod;
    private readonly string? _home;
    private readonly NamespaceView? _namespace;
    private readonly ServiceAccountView? _account;

    private EndpointLabels(
        LabelSet own, PodView? pod, string? home, NamespaceView? homeView, ServiceAccountView? account) =>
        (_own, _pod, _home, _namespace, _account) = (own, pod, home, homeView, account);

    /// <summary>The endpoint's own labels.</summary>
    public LabelSet Own => _own ?? LabelSet.Empty;

    /// <summary>Nothing but these.</summary>
    public static implicit operator EndpointLabels(LabelSet labels) => new(labels, null, null, null, null);

    /// <summary>What selectors see on a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="home">Its namespace, or null when not known.</param>
    /// <param name="account">Its service account, or null when not known.</param>
    public static EndpointLabels Of(PodView pod, NamespaceView? home, ServiceAccountView? account) =>
        new(pod.Labels, pod, pod.Name.Namespace, home, account);

    /// <summary>What selectors see on a NetworkSet.</summary>
    public static EndpointLabels Of(NetworkSetView set, NamespaceView? home) =>
        new(set.Labels, null, set.Name.Namespace.Length == 0 ? null : set.Name.Namespace, home, null);

    /// <summary>The value of a label; null when there is no such label.</summary>
    public string? Find(string key)
    {
        if (_home is null || !key.StartsWith('p'))
        {
            return Own.Find(key);
        }

        switch (key)
        {
            case Namespace:
                return _home;
            case Orchestrator when _pod is not null:
                return Kubernetes;
            case ServiceAccount when _pod is not null:
                return AccountName;
        }

        return key.StartsWith(NamespacePrefix, StringComparison.Ordinal) ? Inherited(key, _namespace?.Labels, _namespace?.Name)
            : key.StartsWith(AccountPrefix, StringComparison.Ordinal) ? Inherited(key, _account?.Labels, _account?.Name.Name)
            : Own.Find(key);
    }

    /// <summary>The derived labels that do not come with a prefix.</summary>
    public IEnumerable<KeyValuePair<string, string>> Derived()
    {
        if (_home is not null)
        {
            yield return new(Namespace, _home);
        }

        if (_pod is not null)
        {
            yield return new(Orchestrator, Kubernetes);
            if (AccountName is { } name)
            {
                yield return new(ServiceAccount, name);
            }
        }
    }

    /// <summary>The labels of the namespace as selectors see them, without the prefix.</summary>
    public IEnumerable<KeyValuePair<string, string>> OfNamespace() =>
        _namespace is null ? [] : _namespace.Labels.Items.Append(new(NameLabel, _namespace.Name));

    /// <summary>The labels of the service account, likewise.</summary>
    public IEnumerable<KeyValuePair<string, string>> OfAccount() =>
        _account is null ? [] : _account.Labels.Items.Append(new(NameLabel, _account.Name.Name));

    private string? AccountName => _pod is { ServiceAccount.Length: > 0 } ? _pod.ServiceAccount : null;

    private static string? Inherited(string key, LabelSet? labels, string? name)
    {
        var rest = key.AsSpan(NamespacePrefix.Length);
        return labels is null ? null : rest is NameLabel ? name : labels.Find(rest);
    }
}
