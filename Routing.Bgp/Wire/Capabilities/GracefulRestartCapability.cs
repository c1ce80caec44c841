using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>Graceful restart (RFC 4724 §3). Without families it only says that End-of-RIB will be sent.</summary>
/// <remarks><code>
///  0 1 2 3 4 5 6 7 8 9 ... 15    then for each family:   AFI (16) | SAFI (8) | flags (8)
/// +-+-+-+-+-----------------+                                                  |
/// |R|N| . |  restart time   |    R: just restarted                             F: forwarding state preserved (0x80)
/// +-+-+-+-+-----------------+    N: a NOTIFICATION restarts gracefully too (RFC 8538 §2)
/// </code></remarks>
internal sealed record GracefulRestartCapability() : Capability(CapabilityCode.GracefulRestart)
{
    /// <summary>Largest restart time: twelve bits.</summary>
    public const int MaxRestartTimeSeconds = 4095;

    private const ushort RestartStateBit = 0x8000;
    private const ushort NotificationBit = 0x4000;
    private const byte ForwardingBit = 0x80;

    /// <summary>The R bit: the speaker has just restarted and its peer need not wait for its End-of-RIB.</summary>
    public bool RestartState { get; init; }

    /// <summary>The N bit: routes are kept also when a NOTIFICATION or the hold timer ends the session (RFC 8538
    /// §2).</summary>
    public bool Notification { get; init; }

    /// <summary>How long the speaker expects its session to be gone when it restarts.</summary>
    public required int RestartTimeSeconds { get; init; }

    /// <summary>Families whose forwarding state can be kept.</summary>
    public ImmutableArray<GracefulRestartFamily> Families { get; init; } = [];

    /// <summary>Null when the value is not two octets and four for each family.</summary>
    public static GracefulRestartCapability? Decode(WireReader value)
    {
        if (!value.TryReadUInt16(out var flagsAndTime))
        {
            return null;
        }

        var families = ImmutableArray.CreateBuilder<GracefulRestartFamily>(value.Rest.Length / 4);
        while (!value.IsEmpty)
        {
            if (!value.TryReadUInt16(out var afi) || !value.TryReadByte(out var safi)
                || !value.TryReadByte(out var flags))
            {
                return null;
            }

            families.Add(new GracefulRestartFamily(AfiSafis.Create(afi, safi), (flags & ForwardingBit) != 0));
        }

        return new GracefulRestartCapability
        {
            RestartState = (flagsAndTime & RestartStateBit) != 0,
            Notification = (flagsAndTime & NotificationBit) != 0,
            RestartTimeSeconds = flagsAndTime & MaxRestartTimeSeconds,
            Families = families.DrainToImmutable(),
        };
    }

    /// <inheritdoc/>
    public bool Equals(GracefulRestartCapability? other) => other is not null && RestartState == other.RestartState
        && Notification == other.Notification && RestartTimeSeconds == other.RestartTimeSeconds
        && Families.AsSpan().SequenceEqual(other.Families.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(RestartState, RestartTimeSeconds, Families.Length);

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer)
    {
        var flags = (RestartState ? RestartStateBit : 0) | (Notification ? NotificationBit : 0);
        writer.WriteUInt16((ushort)(flags | (RestartTimeSeconds & MaxRestartTimeSeconds)));
        foreach (var (family, forwardingPreserved) in Families)
        {
            writer.WriteUInt16(family.Afi());
            writer.WriteByte(family.Safi());
            writer.WriteByte(forwardingPreserved ? ForwardingBit : (byte)0);
        }
    }
}
