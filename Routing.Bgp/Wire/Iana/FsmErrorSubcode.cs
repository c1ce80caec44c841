namespace Routing.Bgp.Wire.Iana;

/// <summary>IANA "BGP Finite State Machine Error Subcodes" (RFC 6608 §3): the state an unexpected message
/// met.</summary>
internal enum FsmErrorSubcode : byte
{
    Unspecific = 0,
    UnexpectedMessageInOpenSent = 1,
    UnexpectedMessageInOpenConfirm = 2,
    UnexpectedMessageInEstablished = 3,
}
