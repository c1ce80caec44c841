using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>Flows between two groups that one cluster allows and another does not.</summary>
/// <param name="IsGained">True for flows that are allowed now and were not.</param>
/// <param name="From">The group that sends; for addresses outside the cluster see <paramref name="World"/>.</param>
/// <param name="To">The group that receives.</param>
/// <param name="Ports">Which ports.</param>
/// <param name="Families">Over which IP versions alone; empty for all that the two have in common.</param>
/// <param name="Pairs">How many pairs of pods, or pods with the world, it holds for; of how many there are, when that is not
/// all, <paramref name="Of"/> says.</param>
/// <param name="Of">How many pairs there are between the two groups.</param>
/// <param name="World">The addresses meant by <see cref="FlowMatrix.World"/>, in order.</param>
/// <param name="Causes">The policies whose change it is; where none changed (labels did), those that decide now.</param>
public sealed record FlowChange(
    bool IsGained,
    string From,
    string To,
    PortSet Ports,
    ImmutableArray<IpFamily> Families,
    int Pairs,
    int Of,
    ImmutableArray<AddressRange> World,
    ImmutableArray<PolicyKey> Causes);
