using Routing.Agent.Native;

namespace Routing.Agent.Cli;

/// <summary>Whoever reads what a following verb prints.</summary>
internal static class OutputReader
{
    private const int StandardOutput = 1;
    private const short PollError = 8; // POLLERR (poll.h)

    /// <summary>True when nobody reads any more what is printed (`| head -1`). The runtime writes into such a pipe as if nothing
    /// were, so that a verb that follows would go on unheard until somebody ends it.</summary>
    public static unsafe bool IsGone(TextWriter output)
    {
        if (!ReferenceEquals(output, Console.Out))
        {
            return false;
        }

        var entry = new LibC.PollEntry { FileDescriptor = StandardOutput };
        return LibC.Poll(&entry, 1, 0) > 0 && (entry.Returned & PollError) != 0;
    }
}
