using System.Collections.Concurrent;
using Routing.Agent.Lab.State;
using Routing.Agent.Namespaces;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Lab.Namespaces;

/// <summary>The lab's namespaces by their `ip netns` names, written down before they are made.</summary>
internal sealed class LabNamespaces : IDisposable
{
    private const string Folder = "/run/netns";

    private readonly ConcurrentDictionary<string, NetworkNamespace> _open = new(StringComparer.Ordinal);
    private readonly LabLedger _ledger;

    public LabNamespaces(LabLedger ledger)
    {
        _ledger = ledger;
        if (!Directory.Exists(Folder))
        {
            ledger.AddFolder(Folder);
        }

        if (!IsMountPoint(Folder))
        {
            ledger.AddMount(Folder); // the first namespace anybody names makes it one
        }
    }

    /// <summary>Path of a namespace's file, as a container runtime would hand it to the shim.</summary>
    public static string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>An open namespace of this lab.</summary>
    public NetworkNamespace this[string name] => _open[name];

    /// <summary>An open namespace of this lab, or null when it is gone.</summary>
    public NetworkNamespace? TryGet(string name) => _open.GetValueOrDefault(name);

    /// <summary>Makes a namespace with its loopback up.</summary>
    /// <exception cref="LabException">The name is taken by something that is not ours.</exception>
    public NetworkNamespace Create(string name)
    {
        if (File.Exists(PathOf(name)))
        {
            throw new LabException($"network namespace '{name}' exists and is not the lab's; remove it with: ip netns delete {name}");
        }

        _ledger.AddNamespace(name);
        var created = NetworkNamespace.Create(name);
        _open[name] = created;
        using var links = RouteNetlink.Open(created);
        links.ChangeLink(links.FindLink("lo")!.IfIndex, new LinkChange { Up = true });
        return created;
    }

    /// <summary>Takes a namespace away; one that is gone already is no error.</summary>
    public void Delete(string name)
    {
        if (_open.TryRemove(name, out var open))
        {
            open.Dispose();
        }

        NetworkNamespace.Delete(name);
        _ledger.RemoveNamespace(name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var open in _open.Values)
        {
            open.Dispose();
        }
    }

    /// <summary>Mounts are listed in the order they were made: the last one on the way to a path is the one that is seen.</summary>
    private static bool IsMountPoint(string path) =>
        File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4])
            .LastOrDefault(point => path == point || point == "/" || path.StartsWith(point + "/", StringComparison.Ordinal)) == path;
}
