using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>Which packets of its endpoints a profile is about.</summary>
/// <param name="Direction">To them, or from them.</param>
/// <param name="Layer">Of a host endpoint: where on the packets' way; null for pods.</param>
/// <param name="IsOpen">Of a host endpoint's own processes: what no policy decides is allowed.</param>
internal readonly record struct ProfileSide(Direction Direction, HostLayer? Layer = null, bool IsOpen = false)
{
    /// <summary>True when a tier denies what none of its rules matches, as far as the tier says so: before connection tracking and
    /// translation it does not, for there the rules after these decide.</summary>
    public bool Isolates => Layer is not (HostLayer.Untracked or HostLayer.PreDnat);

    /// <summary>True when the subject's own end of a packet has to be looked at in the packet: through a host go packets of
    /// anybody.</summary>
    public bool AsksOwnEnd => Layer is not null;

    /// <summary>True when names of ports at the subject's own end mean those of the endpoint.</summary>
    public bool HasOwnPorts => Layer is not HostLayer.Forward;

    /// <summary>The direction of the rules whose peers are what these rules' own ends are.</summary>
    public Direction Opposite => Direction == Direction.Ingress ? Direction.Egress : Direction.Ingress;

    /// <summary>For what names are made from; a pod's says only the direction.</summary>
    public override string ToString() => Layer is null ? $"{Direction}" : $"{Direction} {Layer}{(IsOpen ? " open" : "")}";
}
