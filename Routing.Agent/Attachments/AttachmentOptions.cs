namespace Routing.Agent.Attachments;

/// <summary>How pods are wired.</summary>
public sealed record AttachmentOptions
{
    /// <summary>MTU of pods' interfaces in octets where the network configuration names none; 0 for the kernel's
    /// 1500.</summary>
    public int Mtu { get; init; }
}
