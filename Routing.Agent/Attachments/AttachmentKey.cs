using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;

namespace Routing.Agent.Attachments;

/// <summary>Identity of an attachment: two ADDs with the same key are one.</summary>
public readonly record struct AttachmentKey(string ContainerId, string IfName)
{
    /// <summary>Every interface on the host whose name starts like this is ours (DESIGN.md §7); rules drop what such an
    /// interface sends or receives until its pod is known.</summary>
    public const string InterfacePrefix = "rt";

    /// <summary>Name of the host's side: the prefix and 12 hex digits of the key's SHA-256, 14 of the 15 octets Linux
    /// allows. Derived, so that a restarted agent and a late DEL find it without a record.</summary>
    public string HostInterface() => InterfacePrefix + Convert.ToHexStringLower(Digest().AsSpan(0, 6));

    /// <summary>Hardware address of the container's side: locally administered, and derived as well, so that it is
    /// known before the interface is and needs no answer from the kernel.</summary>
    public PhysicalAddress ContainerMac()
    {
        var octets = Digest()[6..12];
        octets[0] = (byte)((octets[0] & 0xFC) | 0x02); // unicast, locally administered
        return new PhysicalAddress(octets);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ContainerId}/{IfName}";

    private byte[] Digest() => SHA256.HashData(Encoding.UTF8.GetBytes(ToString()));
}
