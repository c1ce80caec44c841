namespace Routing.Cni;

/// <summary>A system call on the agent's socket failed.</summary>
internal sealed class UnixStreamException(int errno) : Exception($"errno {errno}")
{
    public int Errno { get; } = errno;
}
