using System.Runtime.CompilerServices;
using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>What makes a <see cref="Profile"/> the one it is.</summary>
/// <param name="Side">Which packets.</param>
/// <param name="Policies">In order of their keys.</param>
/// <param name="OwnPorts">What the names of ports mean on the pods of the profile, where rules name the pod's own: the
/// destination's for ingress, the source's for egress.</param>
/// <param name="Own">For rules, by place, with conditions on the pod itself: the IP versions for which they hold.</param>
/// <param name="IsStaged">It counts what it would deny, and denies nothing.</param>
/// <param name="Staged">Such a profile, which what this one allows is put to; null for none.</param>
internal sealed record ProfileIdentity(
    ProfileSide Side, EquatableArray<PolicyKey> Policies, EquatableArray<NamedPort> OwnPorts,
    EquatableArray<(PolicyKey Policy, int Rule, IpFamilies Families)> Own, bool IsStaged, Profile? Staged)
{
    /// <summary>What names of chains and sets are made from: other ones would make the kernel's objects of an earlier agent another's.
    /// Not kept, since a cluster has ten thousands of them.</summary>
    public override string ToString()
    {
        var text = new DefaultInterpolatedStringHandler(0, 0);
        text.AppendLiteral(Side.ToString());
        foreach (var policy in Policies)
        {
            text.AppendLiteral("\n");
            text.AppendFormatted(policy);
        }

        foreach (var port in OwnPorts)
        {
            text.AppendLiteral($"\n{port.Name}/{port.Protocol}={port.Number}");
        }

        foreach (var (policy, rule, families) in Own)
        {
            text.AppendLiteral($"\n{policy}[{rule}]={(int)families}");
        }

        text.AppendLiteral(IsStaged ? "\nstaged" : "");
        text.AppendLiteral(Staged is null ? "" : $"\nthen {Staged.ChainName}");
        return text.ToStringAndClear();
    }
}
