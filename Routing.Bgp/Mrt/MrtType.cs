namespace Routing.Bgp.Mrt;

/// <summary>IANA "MRT Type Code Values": those that are written or read here (RFC 6396 §4).</summary>
internal enum MrtType : ushort
{
    /// <summary>A table, a record for each prefix (RFC 6396 §4.3).</summary>
    TableDumpV2 = 13,

    /// <summary>Messages and states of sessions (RFC 6396 §4.4).</summary>
    Bgp4mp = 16,

    /// <summary>The same with microseconds (RFC 6396 §3).</summary>
    Bgp4mpExtendedTime = 17,
}
