using Routing.Agent.Cli;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Lab.State;
using Routing.Agent.Namespaces;
using Routing.Agent.Options;

namespace Routing.Agent.Lab.Processes;

/// <summary>Runs a node's agent and starts it again when it ends, as kubelet does for a DaemonSet's pod.</summary>
internal sealed class AgentSupervisor(
    NodePlan node, PolicyBackend backend, NetworkNamespace networkNamespace, LabPaths paths, LabLedger ledger, TimeProvider time)
{
    /// <summary>Kubelet waits 10 s at first; here somebody is watching.</summary>
    private static readonly TimeSpan RestartDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>An agent that ends sooner than this does not get anywhere.</summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(5);

    private const int MostShortLives = 3;

    private int _restarts;

    /// <summary>How often it was started again.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>Runs until cancelled; the processes themselves are ended with all others of the lab.</summary>
    /// <exception cref="LabException">It ends again and again; the message is the last line it printed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var folder = paths.NodeFolder(node.Name);
        for (var shortLives = 0; ;)
        {
            var started = time.GetTimestamp();
            var process = LabProcess.Start(
                $"{node.Name} agent", networkNamespace,
                [
                    LabProgram.Routing, "agent", "--node", node.Name, "--kubeconfig", paths.Kubeconfig, "--state-dir", folder,
                    "--backend", BackendOption.Name(backend),
                ],
                paths.AgentLog(node.Name), paths.Root, ledger);
            await process.WaitForExitAsync(cancellationToken);
            ledger.RemoveProcess(process.Record);
            shortLives = time.GetElapsedTime(started) < ShortLife ? shortLives + 1 : 0;
            if (shortLives == MostShortLives)
            {
                throw new LabException($"the agent of {node.Name} keeps ending: {process.LastLine()}");
            }

            await Task.Delay(RestartDelay, time, cancellationToken);
            Interlocked.Increment(ref _restarts);
        }
    }
}
