namespace Routing.Agent.Attachments;

/// <summary>Where attachments are kept and how pods are wired.</summary>
public sealed record AttachmentOptions
{
    /// <summary>Folder of the records; on a file system that does not outlive the host, as the interfaces do not.</summary>
    public required string Folder { get; init; }

    /// <summary>MTU of pods' interfaces in octets where the network configuration names none; 0 for the kernel's 1500.</summary>
    public int Mtu { get; init; }
}
