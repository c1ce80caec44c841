using System.Runtime.InteropServices;
using Routing.Cni.Protocol;

namespace Routing.Cni;

/// <summary>stdin and stdout by file descriptor: System.Console would bring encodings, terminal settings and a signal
/// thread that a process of a few milliseconds has no use for, and RandomAccess takes no pipes.</summary>
internal static class StandardStreams
{
    /// <summary>No network configuration is longer; a runtime that writes without end gets an error instead of our
    /// memory.</summary>
    public const int MaxInput = 1 << 20;

    private const int Stdin = 0;
    private const int Stdout = 1;

    /// <summary>Reads stdin to its end.</summary>
    public static ReadOnlyMemory<byte> ReadInput()
    {
        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            var read = LibC.Read(Stdin, buffer.AsSpan(length), (nuint)(buffer.Length - length));
            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            if (read < 0)
            {
                ThrowUnlessInterrupted("read the network configuration from stdin");
                continue;
            }

            length += (int)read;
            if (length > MaxInput)
            {
                throw new CniException(CniErrorCode.DecodingFailure,
                    $"the network configuration on stdin is longer than {MaxInput} octets");
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length * 2);
            }
        }
    }

    /// <summary>Writes all of the answer to stdout.</summary>
    public static void WriteOutput(ReadOnlyMemory<byte> answer)
    {
        for (var rest = answer.Span; rest.Length > 0;)
        {
            var written = LibC.Write(Stdout, rest, (nuint)rest.Length);
            if (written < 0)
            {
                ThrowUnlessInterrupted("write the result to stdout");
                continue;
            }

            rest = rest[(int)written..];
        }
    }

    private static void ThrowUnlessInterrupted(string what)
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno != LibC.Interrupted)
        {
            throw new CniException(CniErrorCode.IoFailure, $"could not {what} (errno {errno})");
        }
    }
}
