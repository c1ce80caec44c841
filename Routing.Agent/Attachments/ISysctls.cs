namespace Routing.Agent.Attachments;

/// <summary>Settings under /proc/sys/net of the namespace that the work runs in.</summary>
public interface ISysctls
{
    /// <summary>Writes one.</summary>
    /// <param name="key">Below /proc/sys/net, with slashes: interface names may hold dots.</param>
    /// <param name="value">The text to write.</param>
    /// <exception cref="Netlink.NetlinkException">The kernel refused.</exception>
    void Write(string key, string value);

    /// <summary>Reads one.</summary>
    /// <returns>Null when the kernel has no such setting, as without IPv6.</returns>
    string? Read(string key);
}
