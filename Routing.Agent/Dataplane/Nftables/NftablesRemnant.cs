using Routing.Agent.Netlink;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>What is left in nf_tables when another back end is in use.</summary>
internal sealed class NftablesRemnant(NftProbe kernel) : IFormerBackend
{
    public string Name => "nftables";

    public bool IsInForce()
    {
        try
        {
            using var applier = kernel.Open();
            return applier.IsInstalled();
        }
        catch (NetlinkException)
        {
            return false; // a kernel without nf_tables, or with some of it, holds nothing of ours that packets meet
        }
    }

    public bool Remove()
    {
        try
        {
            using var applier = kernel.Open();
            if (!applier.HasTable())
            {
                return false;
            }

            applier.Apply(Ruleset.Empty);
            return true;
        }
        catch (NetlinkException) when (!IsInForce())
        {
            return false; // no packet meets it
        }
    }
}
