using System.Collections.Immutable;
using Routing.Agent.Lab.State;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Lab.Processes;

/// <summary>Runs one of our own programs on a node and starts it again when it ends, as kubelet does for a pod of a DaemonSet or a
/// Deployment.</summary>
/// <param name="name">What it plays, for messages.</param>
/// <param name="networkNamespace">The node's.</param>
/// <param name="arguments">Of `routing`.</param>
/// <param name="log">File its output is added to.</param>
/// <param name="paths">The lab's.</param>
/// <param name="ledger">Where the processes are written down.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessSupervisor(
    string name, NetworkNamespace networkNamespace, ImmutableArray<string> arguments, string log, LabPaths paths, LabLedger ledger, TimeProvider time)
{
    /// <summary>Kubelet waits 10 s at first; here somebody is watching.</summary>
    private static readonly TimeSpan RestartDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>One that ends sooner than this does not get anywhere.</summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(5);

    private const int MostShortLives = 3;

    private int _restarts;

    /// <summary>How often it was started again.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>Runs until cancelled; the processes themselves are ended with all others of the lab.</summary>
    /// <exception cref="LabException">It ends again and again; the message is the last line it printed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var shortLives = 0; ;)
        {
            var started = time.GetTimestamp();
            var process = LabProcess.Start(name, networkNamespace, [LabProgram.Routing, .. arguments], log, paths.Root, ledger);
            await process.WaitForExitAsync(cancellationToken);
            ledger.RemoveProcess(process.Record);
            shortLives = time.GetElapsedTime(started) < ShortLife ? shortLives + 1 : 0;
            if (shortLives == MostShortLives)
            {
                throw new LabException($"{name} keeps ending: {process.LastLine()}");
            }

            await Task.Delay(RestartDelay, time, cancellationToken);
            Interlocked.Increment(ref _restarts);
        }
    }
}
