using System.Security.Cryptography;
using System.Text;

namespace Routing.Agent.Attachments;

/// <summary>Identity of an attachment: two ADDs with the same key are one.</summary>
public readonly record struct AttachmentKey(string ContainerId, string IfName)
{
    /// <summary>Every interface on the host whose name starts like this is ours (DESIGN.md §7); rules drop what such an
    /// interface sends or receives until its pod is known.</summary>
    public const string InterfacePrefix = "rt";

    /// <summary>Name of the host's side: the prefix and 12 hex digits of the key's SHA-256, 14 of the 15 octets Linux allows.
    /// Derived, so that a restarted agent and a late DEL find it without a record.</summary>
    public string HostInterface()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{ContainerId}/{IfName}"), digest);
        return InterfacePrefix + Convert.ToHexStringLower(digest[..6]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ContainerId}/{IfName}";
}
