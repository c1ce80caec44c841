using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>
/// Which pods does a selection hold, at any time: kept true from the labels that change, never by rescanning.
/// <code>
///   pod ── in ──> namespace ── in ──> scopes (the namespace itself; namespace selectors that match it)
///                                       └── selections of the scope, filed by a label they demand (LabelAnchors)
/// </code>
/// A pod's change meets only the selections of its namespace's scopes that are filed under its labels; a namespace's
/// change meets only its own pods. Network sets and host endpoints are held like pods. Not thread-safe: it has one owner.
/// </summary>
internal sealed partial class SelectorIndex(ISelectionListener listener)
{
    private static readonly NamespaceScope Anywhere = new NamespaceScope.Any();

    private readonly Dictionary<NamespacedName, PodRecord> _pods = [];
    private readonly Dictionary<string, NamespaceRecord> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<NamespaceScope, ScopeRecord> _scopes = [];
    private readonly LabelAnchors<ScopeRecord> _labelledScopes = new();
    private readonly AddressOwners _owners = new();
    private readonly List<PodRecord> _others = []; // whose addresses are other pods' now, or the reverse; told at once

    /// <summary>Every namespace whose labels are known.</summary>
    public IEnumerable<NamespaceView> Namespaces => _namespaces.Values.Select(home => home.View).OfType<NamespaceView>();

    /// <summary>Every pod.</summary>
    public IReadOnlyDictionary<NamespacedName, PodRecord> Pods => _pods;

    /// <summary>The selectable pod that has an address; null for none.</summary>
    public PodRecord? Owner(Address address) => _owners.Of(address);

    /// <summary>A namespace; null as long as only pods have named it.</summary>
    public NamespaceView? FindNamespace(string name) => _namespaces.GetValueOrDefault(name)?.View;

    /// <summary>So many pods are about to come: tables that grow step by step leave much to collect.</summary>
    public void EnsureCapacity(int pods)
    {
        _pods.EnsureCapacity(pods);
        _owners.EnsureCapacity(pods);
    }

    /// <summary>A pod came or changed.</summary>
    /// <returns>False when nothing is new about it.</returns>
    public bool UpsertPod(PodView view)
    {
        if (!_pods.TryGetValue(view.Name, out var pod))
        {
            _pods.Add(view.Name, pod = new PodRecord(view));
            var home = Namespace(view.Name.Namespace);
            home.Pods.Add(pod);
            Own(pod, null);
            Refresh(pod, home);
            return true;
        }

        var before = pod.View;
        if (before == view)
        {
            return false;
        }

        // Its members' addresses and ports are what a selection means; the old ones are told as well.
        var isMeantOtherwise = before.Addresses != view.Addresses || before.NamedPorts != view.NamedPorts
            || before.Created != view.Created || before.IsAttached != view.IsAttached;
        if (isMeantOtherwise)
        {
            Tell(pod);
        }

        pod.View = view;
        if (isMeantOtherwise || before.IsSelectable != view.IsSelectable)
        {
            Own(pod, before);
        }

        if (isMeantOtherwise)
        {
            Tell(pod);
        }

        if (!before.Labels.Equals(view.Labels) || before.IsSelectable != view.IsSelectable
            || before.ServiceAccount != view.ServiceAccount)
        {
            Refresh(pod, Namespace(view.Name.Namespace));
        }

        return true;
    }

    /// <summary>A pod went.</summary>
    public void RemovePod(NamespacedName name)
    {
        if (_pods.Remove(name, out var pod))
        {
            _owners.Remove(pod, pod.View, _others);
            TellOthers();
            foreach (var selected in pod.Selections)
            {
                Leave(selected, pod);
            }

            var home = _namespaces[name.Namespace];
            home.Pods.Remove(pod);
            ForgetIfUnused(home);
        }
    }

    /// <summary>A namespace came or changed.</summary>
    public void UpsertNamespace(NamespaceView view)
    {
        var home = Namespace(view.Name);
        if (home.View != view)
        {
            home.View = view;
            RefreshScopes(home);
            RefreshInherited(home);
        }
    }

    /// <summary>A namespace went; pods that are still in it are in no scope by labels any more.</summary>
    public void RemoveNamespace(string name)
    {
        if (_namespaces.TryGetValue(name, out var home))
        {
            home.View = null;
            RefreshScopes(home);
            RefreshInherited(home);
            ForgetIfUnused(home);
        }
    }

    /// <summary>Starts (or shares) the upkeep of a selection; the members are there at once, without events for
    /// them.</summary>
    public SelectedPods Acquire(PodSelection selection)
    {
        var scope = Scope(selection.Scope);
        if (!scope.Selections.TryGetValue((selection.Pods, selection.Kinds), out var selected))
        {
            scope.Add(selected = new SelectedPods(selection));
            _seeingNamespaces += selected.SeesNamespaces ? 1 : 0;
            _seeingAccounts += selected.SeesAccounts ? 1 : 0;
            foreach (var home in scope.Namespaces)
            {
                Fill(selected, home);
            }
        }

        selected.References++;
        return selected;
    }

    /// <summary>Ends one <see cref="Acquire"/>; the last one ends the upkeep.</summary>
    public void Release(SelectedPods selected)
    {
        if (--selected.References > 0)
        {
            return;
        }

        foreach (var pod in selected.Members)
        {
            pod.Selections.Remove(selected);
        }

        foreach (var net in selected.Nets)
        {
            net.Selections.Remove(selected);
        }

        _seeingNamespaces -= selected.SeesNamespaces ? 1 : 0;
        _seeingAccounts -= selected.SeesAccounts ? 1 : 0;
        var scope = _scopes[selected.Selection.Scope];
        scope.Remove(selected);
        if (scope.Selections.Count == 0)
        {
            Forget(scope);
        }
    }

    /// <summary>A pod shows other addresses than before: whoever has lost one to it, or got one from it, is meant otherwise too.</summary>
    private void Own(PodRecord pod, PodView? before)
    {
        if (before is not null)
        {
            _owners.Remove(pod, before, _others);
        }

        _owners.Add(pod, _others);
        TellOthers();
    }

    private void TellOthers()
    {
        _others.ForEach(Tell);
        _others.Clear();
    }

    private void Tell(PodRecord pod)
    {
        foreach (var selected in pod.Selections)
        {
            listener.OnChanged(selected, pod);
        }
    }

    private void Refresh(PodRecord pod, NamespaceRecord home)
    {
        if (home.Scopes.Count == 0 && pod.Selections.Count == 0)
        {
            return;
        }

        var labels = home.Seen(pod.View);
        var now = new SmallSet<SelectedPods>();
        foreach (var scope in home.Scopes)
        {
            foreach (var selected in scope.Holding(pod.View, labels))
            {
                now.Add(selected);
            }
        }

        foreach (var selected in pod.Selections.Except(now))
        {
            pod.Selections.Remove(selected);
            Leave(selected, pod);
        }

        foreach (var selected in now)
        {
            Join(selected, pod);
        }
    }

    private void RefreshScopes(NamespaceRecord home)
    {
        var now = ScopesOf(home);
        foreach (var scope in home.Scopes.Except(now))
        {
            home.Scopes.Remove(scope);
            scope.Namespaces.Remove(home);
            foreach (var pod in home.Pods)
            {
                foreach (var selected in scope.Holding(pod.View, home.Seen(pod.View)))
                {
                    pod.Selections.Remove(selected);
                    Leave(selected, pod);
                }
            }

            foreach (var net in home.Nets)
            {
                foreach (var selected in scope.Holding(net.Kind, net.Seen(home.View)))
                {
                    Leave(selected, net);
                }
            }
        }

        foreach (var scope in now)
        {
            if (home.Scopes.Add(scope))
            {
                scope.Namespaces.Add(home);
                foreach (var pod in home.Pods)
                {
                    foreach (var selected in scope.Holding(pod.View, home.Seen(pod.View)))
                    {
                        Join(selected, pod);
                    }
                }

                foreach (var net in home.Nets)
                {
                    foreach (var selected in scope.Holding(net.Kind, net.Seen(home.View)))
                    {
                        Join(selected, net);
                    }
                }
            }
        }
    }

    private SmallSet<ScopeRecord> ScopesOf(NamespaceRecord home)
    {
        var scopes = new SmallSet<ScopeRecord>();
        if (home.View is not null)
        {
            foreach (var scope in _labelledScopes.Candidates(home.View.Labels))
            {
                if (scope.Scope.Matches(home.Name, home.View))
                {
                    scopes.Add(scope);
                }
            }
        }

        if (_scopes.TryGetValue(new NamespaceScope.Named(home.Name), out var own))
        {
            scopes.Add(own);
        }

        if (_scopes.TryGetValue(Anywhere, out var any))
        {
            scopes.Add(any);
        }

        return scopes;
    }

    private void Join(SelectedPods selected, PodRecord pod)
    {
        if (pod.Selections.Add(selected))
        {
            selected.Members.Add(pod);
            listener.OnChanged(selected, pod);
        }
    }

    private void Leave(SelectedPods selected, PodRecord pod)
    {
        selected.Members.Remove(pod);
        listener.OnChanged(selected, pod);
    }

    private NamespaceRecord Namespace(string name)
    {
        if (!_namespaces.TryGetValue(name, out var home))
        {
            _namespaces.Add(name, home = new NamespaceRecord(name));
            RefreshScopes(home);
        }

        return home;
    }

    private void ForgetIfUnused(NamespaceRecord home)
    {
        if (home.IsUnused)
        {
            foreach (var scope in home.Scopes)
            {
                scope.Namespaces.Remove(home);
            }

            _namespaces.Remove(home.Name);
        }
    }

    private ScopeRecord Scope(NamespaceScope key)
    {
        if (!_scopes.TryGetValue(key, out var scope))
        {
            _scopes.Add(key, scope = new ScopeRecord(key));
            if (key is NamespaceScope.Labelled labelled)
            {
                _labelledScopes.Add(labelled.Selector, scope);
            }

            // A new selector has to look at every namespace once; from then on changes come to it.
            var homes = key is NamespaceScope.Named named
                ? _namespaces.TryGetValue(named.Name, out var only) ? [only] : []
                : _namespaces.Values.Where(home => key.Matches(home.Name, home.View));
            foreach (var home in homes)
            {
                scope.Namespaces.Add(home);
                home.Scopes.Add(scope);
            }
        }

        return scope;
    }

    private void Forget(ScopeRecord scope)
    {
        _scopes.Remove(scope.Scope);
        if (scope.Scope is NamespaceScope.Labelled labelled)
        {
            _labelledScopes.Remove(labelled.Selector, scope);
        }

        foreach (var home in scope.Namespaces)
        {
            home.Scopes.Remove(scope);
        }
    }
}
