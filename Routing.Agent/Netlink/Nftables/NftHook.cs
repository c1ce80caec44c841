namespace Routing.Agent.Netlink.Nftables;

/// <summary>Where a base chain sees packets (enum nf_inet_hooks).</summary>
internal enum NftHook : uint
{
    Prerouting = 0,
    Input = 1,
    Forward = 2,
    Output = 3,
    Postrouting = 4,
}
