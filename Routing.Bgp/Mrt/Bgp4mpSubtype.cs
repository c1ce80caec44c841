namespace Routing.Bgp.Mrt;

/// <summary>IANA "BGP4MP Subtype Code Values" (RFC 6396 §4.4; with path identifiers, RFC 8050 §3).</summary>
internal enum Bgp4mpSubtype : ushort
{
    /// <summary>A state change with AS numbers of two octets.</summary>
    StateChange = 0,

    /// <summary>A message with AS numbers of two octets.</summary>
    Message = 1,

    /// <summary>A message; its AS_PATH has AS numbers of four octets.</summary>
    MessageAs4 = 4,

    /// <summary>A state change.</summary>
    StateChangeAs4 = 5,

    /// <summary>As <see cref="Message"/>, with path identifiers.</summary>
    MessageAddPath = 8,

    /// <summary>As <see cref="MessageAs4"/>, with path identifiers.</summary>
    MessageAs4AddPath = 9,
}
