using Routing.Agent.Native;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Attachments;

/// <summary>Makes, compares and removes what <see cref="WiringPlan"/> describes. Knows nothing of CNI.</summary>
/// <remarks>Synchronous and thread-safe; the owner calls it on threads that may block. A pod's namespace is entered
/// once for wiring, and the node's side needs three system calls: the pair, its settings, one batch.</remarks>
public sealed class PodWiring(IPodKernel kernel)
{
    /// <summary>Wires a pod that is not wired. When it throws, nothing is left that <see cref="Unwire"/> would not take
    /// away.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    /// <exception cref="InterfaceTakenException">The container has another interface of that name.</exception>
    /// <exception cref="InvalidNamespaceException">There is no such namespace.</exception>
    public void Wire(Attachment attachment)
    {
        using var pod = kernel.OpenPod(attachment.NetnsPath);
        using var host = kernel.OpenHost();
        host.Run((netlink, sysctls) =>
        {
            var plan = new WiringPlan(attachment, kernel.HasIPv6);
            var link = CreateVeth(netlink, plan.Veth(pod.Handle), attachment);
            try
            {
                Write(sysctls, plan.HostSysctls());
                netlink.ApplyAll(plan.HostChanges(link.IfIndex));
                pod.Run((inside, podSysctls) =>
                {
                    Write(podSysctls, plan.PodSysctls());
                    inside.ApplyAll(plan.PodChanges(link.PeerIfIndex!.Value));
                    return true;
                });
            }
            catch
            {
                TryDelete(netlink, link.Name);
                throw;
            }

            return true;
        });
    }

    /// <summary>Removes the pair, and with it addresses, routes and neighbours on both sides.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Unwire(string hostInterface)
    {
        using var host = kernel.OpenHost();
        return host.Run((netlink, _) => netlink.DeleteLink(hostInterface));
    }

    /// <summary>Compares the kernel with what the attachment should look like.</summary>
    /// <returns>A sentence for each difference; none when all is as it should be.</returns>
    public IReadOnlyList<string> Differences(Attachment attachment)
    {
        using var host = kernel.OpenHost();
        IKernelNamespace pod;
        try
        {
            pod = kernel.OpenPod(attachment.NetnsPath);
        }
        catch (InvalidNamespaceException e)
        {
            return [e.Message];
        }

        using (pod)
        {
            var comparison = new WiringComparison(attachment);
            host.Run((netlink, _) =>
            {
                comparison.CompareHost(netlink);
                return true;
            });
            pod.Run((netlink, _) =>
            {
                comparison.ComparePod(netlink);
                return true;
            });
            return comparison.Differences;
        }
    }

    private static Link CreateVeth(IRouteNetlink netlink, VethSpec spec, Attachment attachment)
    {
        try
        {
            return netlink.CreateVeth(spec);
        }
        catch (NetlinkException e) when (e.Errno == Errno.Exists)
        {
            // Which of the two names is taken? Ours on the host is left from an agent that was killed half way: the
            // caller holds no record of it. Its peer may be what takes the name in the container.
            if (netlink.DeleteLink(spec.Name))
            {
                return CreateVeth(netlink, spec, attachment);
            }

            throw new InterfaceTakenException(
                $"the namespace {attachment.NetnsPath} already has an interface '{attachment.Key.IfName}' "
                + "that another plugin or container made");
        }
    }

    /// <summary>Takes the pair away, and the routes and neighbours with it. The failure to tell is the one that led
    /// here; a link that stays is found by its name.</summary>
    private static void TryDelete(IRouteNetlink netlink, string name)
    {
        try
        {
            netlink.DeleteLink(name);
        }
        catch (NetlinkException)
        {
            // Unwire comes to the same link, and says why.
        }
    }

    private static void Write(ISysctls sysctls, IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (key, value) in settings)
        {
            sysctls.Write(key, value);
        }
    }
}
