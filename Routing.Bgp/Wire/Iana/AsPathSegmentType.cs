namespace Routing.Bgp.Wire.Iana;

/// <summary>Segment types of AS_PATH (RFC 4271 §4.3 b, RFC 5065 §3).</summary>
internal enum AsPathSegmentType : byte
{
    Set = 1,
    Sequence = 2,
    ConfedSequence = 3,
    ConfedSet = 4,
}
