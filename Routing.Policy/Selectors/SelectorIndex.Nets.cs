using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>What has labels and addresses and is no pod, and the accounts that pods run as.</summary>
internal sealed partial class SelectorIndex
{
    private readonly Dictionary<(EndpointKinds Kind, NamespacedName Name), NetRecord> _nets = [];
    private int _seeingNamespaces; // selections that look at labels of namespaces beside their scope's
    private int _seeingAccounts;

    /// <summary>One that is there.</summary>
    public NetRecord FindNet(EndpointKinds kind, NamespacedName name) => _nets[(kind, name)];

    /// <summary>A network set or host endpoint came or changed.</summary>
    /// <param name="kind">Which of these, or what cannot be read of the former.</param>
    /// <param name="name">Identity; the namespace of what is in none is empty.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="nets">Its addresses.</param>
    public void UpsertNet(EndpointKinds kind, NamespacedName name, LabelSet labels, EquatableArray<Cidr> nets)
    {
        var home = Namespace(name.Namespace);
        if (!_nets.TryGetValue((kind, name), out var net))
        {
            _nets.Add((kind, name), net = new NetRecord(kind, name) { Labels = labels, Nets = nets });
            home.Nets.Add(net);
            Refresh(net, home);
            return;
        }

        var (oldLabels, oldNets) = (net.Labels, net.Nets);
        (net.Labels, net.Nets) = (labels, nets);
        if (oldNets != nets)
        {
            foreach (var selected in net.Selections)
            {
                listener.OnNetsChanged(selected);
            }
        }

        if (!oldLabels.Equals(labels))
        {
            Refresh(net, home);
        }
    }

    /// <summary>A network set or host endpoint went.</summary>
    public void RemoveNet(EndpointKinds kind, NamespacedName name)
    {
        if (_nets.Remove((kind, name), out var net))
        {
            foreach (var selected in net.Selections.ToList())
            {
                Leave(selected, net);
            }

            var home = _namespaces[name.Namespace];
            home.Nets.Remove(net);
            ForgetIfUnused(home);
        }
    }

    /// <summary>A service account came or changed.</summary>
    public void UpsertAccount(ServiceAccountView account)
    {
        var home = Namespace(account.Name.Namespace);
        if (!home.Accounts.TryGetValue(account.Name.Name, out var before) || before != account)
        {
            home.Accounts[account.Name.Name] = account;
            RefreshAccount(account.Name.Name, home);
        }
    }

    /// <summary>A service account went.</summary>
    public void RemoveAccount(NamespacedName name)
    {
        if (_namespaces.TryGetValue(name.Namespace, out var home) && home.Accounts.Remove(name.Name))
        {
            RefreshAccount(name.Name, home);
            ForgetIfUnused(home);
        }
    }

    private void RefreshAccount(string account, NamespaceRecord home)
    {
        if (_seeingAccounts > 0)
        {
            foreach (var pod in home.Pods.Where(pod => pod.View.ServiceAccount == account))
            {
                Refresh(pod, home);
            }
        }
    }

    /// <summary>After the namespace's labels changed.</summary>
    private void RefreshInherited(NamespaceRecord home)
    {
        if (_seeingNamespaces == 0)
        {
            return;
        }

        foreach (var pod in home.Pods)
        {
            Refresh(pod, home);
        }

        foreach (var net in home.Nets)
        {
            Refresh(net, home);
        }
    }

    private void Refresh(NetRecord net, NamespaceRecord home)
    {
        var labels = net.Seen(home.View);
        var now = new SmallSet<SelectedPods>();
        foreach (var scope in home.Scopes)
        {
            foreach (var selected in scope.Holding(net.Kind, labels))
            {
                now.Add(selected);
            }
        }

        foreach (var selected in net.Selections.Except(now))
        {
            Leave(selected, net);
        }

        foreach (var selected in now)
        {
            Join(selected, net);
        }
    }

    /// <summary>The members of a new selection that are in a namespace.</summary>
    private static void Fill(SelectedPods selected, NamespaceRecord home)
    {
        var selection = selected.Selection;
        if (selection.Kinds.HasFlag(EndpointKinds.Pods))
        {
            foreach (var pod in home.Pods)
            {
                if (pod.View.IsSelectable && selection.Pods.Matches(home.Seen(pod.View)))
                {
                    selected.Members.Add(pod);
                    pod.Selections.Add(selected);
                }
            }
        }

        foreach (var net in home.Nets)
        {
            if (selection.Kinds.HasFlag(net.Kind) && selection.Pods.Matches(net.Seen(home.View)))
            {
                selected.Nets.Add(net);
                net.Selections.Add(selected);
            }
        }
    }

    private void Join(SelectedPods selected, NetRecord net)
    {
        if (net.Selections.Add(selected))
        {
            selected.Nets.Add(net);
            listener.OnNetsChanged(selected);
        }
    }

    private void Leave(SelectedPods selected, NetRecord net)
    {
        if (net.Selections.Remove(selected))
        {
            selected.Nets.Remove(net);
            listener.OnNetsChanged(selected);
        }
    }
}
