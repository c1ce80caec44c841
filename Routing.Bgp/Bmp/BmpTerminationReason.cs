namespace Routing.Bgp.Bmp;

/// <summary>IANA "BMP Termination Message Reason Codes" (RFC 7854 §4.5).</summary>
internal enum BmpTerminationReason : ushort
{
    AdministrativelyClosed = 0,
    Unspecified = 1,
    OutOfResources = 2,
    RedundantConnection = 3,
}
