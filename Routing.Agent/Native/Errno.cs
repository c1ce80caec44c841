namespace Routing.Agent.Native;

/// <summary>The error numbers that decide something here (asm-generic/errno.h). All others are only reported.</summary>
internal static class Errno
{
    public const int NoSuchEntry = 2; // ENOENT
    public const int NoSuchProcess = 3; // ESRCH: a route that is not there
    public const int Interrupted = 4; // EINTR
    public const int TryAgain = 11; // EAGAIN
    public const int Busy = 16; // EBUSY
    public const int Exists = 17; // EEXIST
    public const int NoSuchDevice = 19; // ENODEV
    public const int Invalid = 22; // EINVAL
    public const int ProtocolNotSupported = 93; // EPROTONOSUPPORT
    public const int NotSupported = 95; // EOPNOTSUPP
    public const int FamilyNotSupported = 97; // EAFNOSUPPORT
    public const int MessageTooLong = 90; // EMSGSIZE
    public const int AddressNotAvailable = 99; // EADDRNOTAVAIL: an address that is not there
    public const int NoBuffers = 105; // ENOBUFS: the kernel dropped messages for us
    public const int TimedOut = 110; // ETIMEDOUT
    public const int Restart = 85; // ERESTART: nf_tables lost a race with another writer's generation
}
