using System.Net;
using System.Text.Json;
using Routing.Policy.Model;

namespace Routing.Agent.Attachments;

/// <summary>An attachment as it lies on disk.</summary>
internal sealed record AttachmentFile
{
    public required string ContainerId { get; init; }

    public required string IfName { get; init; }

    public required string PodNamespace { get; init; }

    public required string PodName { get; init; }

    public required string PodUid { get; init; }

    public required string Netns { get; init; }

    public required string Network { get; init; }

    public required int Mtu { get; init; }

    public string? IPv4 { get; init; }

    public string? IPv6 { get; init; }

    /// <summary>Writes an attachment.</summary>
    public static byte[] Encode(Attachment attachment) => JsonSerializer.SerializeToUtf8Bytes(
        new AttachmentFile
        {
            ContainerId = attachment.Key.ContainerId,
            IfName = attachment.Key.IfName,
            PodNamespace = attachment.Pod.Namespace,
            PodName = attachment.Pod.Name,
            PodUid = attachment.PodUid,
            Netns = attachment.NetnsPath,
            Network = attachment.Network,
            Mtu = attachment.Mtu,
            IPv4 = attachment.IPv4?.ToString(),
            IPv6 = attachment.IPv6?.ToString(),
        },
        AttachmentJsonContext.Default.AttachmentFile);

    /// <summary>Reads an attachment.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static Attachment Decode(ReadOnlySpan<byte> octets)
    {
        try
        {
            var file = JsonSerializer.Deserialize(octets, AttachmentJsonContext.Default.AttachmentFile)
                ?? throw new FormatException("the file holds null");
            var key = new AttachmentKey(file.ContainerId, file.IfName);
            return new Attachment
            {
                Key = key,
                Pod = new NamespacedName(file.PodNamespace, file.PodName),
                PodUid = file.PodUid,
                NetnsPath = file.Netns,
                Network = file.Network,
                Mtu = file.Mtu,
                HostInterface = key.HostInterface(),
                ContainerMac = key.ContainerMac(),
                IPv4 = file.IPv4 is null ? null : IPAddress.Parse(file.IPv4),
                IPv6 = file.IPv6 is null ? null : IPAddress.Parse(file.IPv6),
            };
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
